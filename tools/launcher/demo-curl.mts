export interface CurlInput {
  readonly apiUrl: string;
  readonly email: string;
  readonly passwordFile: string;
  readonly workflowId: string;
  readonly input: string;
}

/**
 * The demo as three commands to copy into a shell of any kind: sign in, find the workflow, run it. The password stays in
 * its file, so neither the terminal nor the shell's history holds it; only `sed` is needed to read the answer.
 */
export function curlLines({ apiUrl, email, passwordFile, workflowId, input }: CurlInput): string {
  const login = `{\\"email\\":\\"${email}\\",\\"password\\":\\"$(cat '${passwordFile}')\\"}`;
  const run = JSON.stringify({ input, mode: 'sync' }).replaceAll("'", String.raw`'\''`);
  const json = `-H 'content-type: application/json'`;
  const bearer = `-H "authorization: Bearer $TOKEN"`;
  return [
    '',
    'The same with curl:',
    '',
    `TOKEN=$(curl -s ${apiUrl}/v1/auth/login ${json} -d "${login}" | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')`,
    `curl -s "${apiUrl}/v1/workflows?q=Echo" ${bearer}`,
    `curl -s ${apiUrl}/v1/workflows/${workflowId}/runs ${bearer} ${json} -d '${run}'`,
    '',
  ].join('\n');
}
