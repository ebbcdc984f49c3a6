/** From the file and the title, made of what a file and a namespace may be named. */
export function idOf(file: string, title: string): string {
  const stem = file.replace(/^.*\//, '').replace(/(\.exclusive)?\.scenario\.[cm]?[jt]s$/, '')
  const slug = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
  return `${slug(stem)}-${slug(title)}`.slice(0, 100).replace(/-$/, '')
}
