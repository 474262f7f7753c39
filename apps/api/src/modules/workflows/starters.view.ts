import { ObjectListField, TextField, TextListField } from '@weir/http';

export class StarterView {
  @TextField({ about: 'What `starter` takes.', max: 100, example: 'basic-prompting' }) readonly id!: string;
  @TextField({ max: 200, example: 'Basic Prompting' }) readonly name!: string;
  @TextField({ max: 10_000, example: 'Perform basic prompting with an OpenAI model.' })
  readonly description!: string;
  @TextListField({ maxItems: 50, maxLength: 100, example: ['chatbots'] }) readonly tags!: string[];
}

export class StarterListView {
  @ObjectListField(() => StarterView) readonly data!: StarterView[];
}
