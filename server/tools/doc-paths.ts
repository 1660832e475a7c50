import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Breach } from './walls.ts'

const ROOMS = /^(app|lib|server|components|e2e|prisma|docs|public|\.ci)\//
const PATTERN = /[<>*{}…]|\.\.\.|\/$/

/** Every path that a document names, in `code` or as a link, and that is gone. */
export function lostPaths(root: string): Breach[] {
  const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: root })
  return documents.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .flatMap((text, index) =>
        named(text)
          .filter((path) => !existsSync(join(root, path)) && !existsSync(join(root, dirname(file), path)))
          .map((path) => ({ file, line: index + 1, message: `names ${path}, which is gone: name the file that does it now.` })),
      ),
  )
}

const named = (text: string): string[] => {
  const code = [...text.matchAll(/`([^`\s]+)`/g)].map((match) => match[1]!).filter((word) => ROOMS.test(word))
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!).filter((link) => !/^([a-z]+:|#)/i.test(link))
  return [...code, ...links].map((path) => path.replace(/[#:].*$/, '')).filter((path) => path && !PATTERN.test(path))
}
