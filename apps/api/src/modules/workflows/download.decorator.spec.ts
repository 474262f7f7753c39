import { contentDisposition } from './download.decorator';

describe('contentDisposition', () => {
  it('names a plain file plainly', () => {
    expect(contentDisposition('Echo.json')).toBe(
      `attachment; filename="Echo.json"; filename*=UTF-8''Echo.json`,
    );
  });

  it('lets no name end the header, leave a folder or hide (R54)', () => {
    const header = contentDisposition('../../a"b\r\nSet-Cookie: x=1\u202e;.json');
    expect(header).not.toMatch(/[\r\n]|\.\.\/|\u202e/);
    expect(header.match(/"/g)).toHaveLength(2);
    expect(contentDisposition('.bashrc')).toContain('filename="_bashrc"');
  });

  it('keeps other scripts for clients that know RFC 6266', () => {
    expect(contentDisposition("Größe (1)'.json")).toBe(
      `attachment; filename="Gr__e (1)'.json"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%281%29%27.json`,
    );
  });
});
