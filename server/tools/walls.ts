import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

// The walls between the rooms of docs/architecture.md. Each row says what a folder may not import, and where that code should go.

export type Breach = { file: string; line: number; message: string }
type Wall = { in: RegExp; except?: RegExp; not: RegExp; but?: RegExp; testsMay?: RegExp; because: string }

const TESTS = /\.test\.tsx?$|(^|\/)test-[\w-]+\.ts$|-for-tests\.ts$|^server\/(tools|bench)\/|^e2e\//
const WALLS: Wall[] = [
  {
    in: /^lib\//,
    not: /^(server|components|app|e2e)\//,
    because: 'lib is what is true and imports nothing of ours: pass the fact in as an argument, or put this file in server/.',
  },
  {
    in: /^lib\//,
    except: TESTS,
    not: /^(node:|pg$|@prisma\/|next($|\/)|react($|\/)|ws$|pino$|fs$|path$)/,
    because: 'lib has no I/O: do this in server/<noun>/ and hand the result to lib.',
  },
  {
    in: /^server\//,
    // a test may knock at a door of app, where a request really enters
    not: /^(components|app|e2e)\//,
    testsMay: /^app\/api\//,
    because: 'server imports lib only: what both need goes to lib/<noun>/, a contract to lib/api/.',
  },
  {
    in: /^server\/(?!store\/)/,
    except: TESTS,
    not: /^(pg$|pg-query-stream$|@prisma\/|server\/store\/generated\/)/,
    because: 'Prisma and pg live in server/store: write a function there that says what is stored or read.',
  },
  {
    in: /^server\/simulator\//,
    except: /^server\/simulator\/run\.ts$|\.test\.ts$/,
    not: /^(server|lib)\//,
    but: /^(server\/simulator\/|server\/(clock|log|env)\.ts$|lib\/(units|time)\/)/,
    because: 'the simulator judges us, so it shares only units, time, clock and log: work it out here, from the OCPP specification.',
  },
  {
    in: /^server\/judge\/(question|check-plan|max-flow|oracle|program)\.ts$/,
    not: /^(server|lib)\//,
    but: /^server\/judge\/(question|check-plan|max-flow|oracle|program)\.ts$/,
    because: 'the judge of plans shares no code and no type with the planner: read the documented JSON form in server/judge/question.ts.',
  },
  {
    // server/night lives whole nights for the tests, with the product on one side and the simulator on the other
    in: /^server\/(?!simulator\/|demo\/|supervisor\/|night\/)/,
    except: TESTS,
    not: /^server\/(simulator|demo|night)\//,
    because: 'the product does not know its simulator: what both need goes to lib/units or lib/time, demo data to server/demo.',
  },
  {
    in: /^components\//,
    not: /^(server|app|e2e)\/|^(node:|pg$|@prisma\/)/,
    because: 'components reach the server only through contracts: put the contract in lib/api/ and call it.',
  },
  {
    in: /^components\/(ui|charts)\//,
    not: /^components\//,
    but: /^components\/(ui|charts)\//,
    because: 'ui and charts know no feature: hand the data in as properties, or move this part to components/<feature>/.',
  },
  {
    in: /^app\//,
    not: /^(e2e\/|server\/(store\/generated|simulator|demo)\/|pg$|@prisma\/)/,
    because: 'app says where things live: the doing goes to a verb in server/<noun>/.',
  },
  {
    in: /^e2e\//,
    not: /^(components|app)\/|^(pg$|@prisma\/)/,
    because: 'e2e uses the browser, the API and server/simulator: look at the screen as a person does.',
  },
]
const NAMES = /(^|\/)(utils?|helpers?|common|misc|types|index)(\.tsx?$|\/)/
const MOST_LINES = 400
const NOT_JUDGED = ['node_modules', 'generated', 'walls.test.ts']

/** Every breach in `files` (paths from `root`). */
export const breaches = (root: string, files: string[] = sources(root)): Breach[] =>
  files.flatMap((file) => judge(file.replaceAll('\\', '/'), readFileSync(join(root, file), 'utf8')))

const sources = (root: string) =>
  globSync('{lib,server,components,app,e2e}/**/*.{ts,tsx,mjs,js}', {
    cwd: root,
    exclude: (name) => NOT_JUDGED.some((not) => name.endsWith(not)),
  })

function judge(file: string, text: string): Breach[] {
  const found: Breach[] = []
  const lines = text.split('\n')
  if (NAMES.test(file))
    found.push({ file, line: 1, message: 'this name says nothing: a thing lives under its noun, in a file named after what it is.' })
  if (lines.length > MOST_LINES && !TESTS.test(file))
    found.push({ file, line: MOST_LINES, message: `${lines.length} lines: split it into two nouns, none above ${MOST_LINES}.` })
  lines.forEach((line, index) => {
    for (const specifier of imported(line)) {
      const target = resolved(file, specifier)
      const reason = WALLS.find((wall) => isBroken(wall, file, target))?.because ?? featureWall(file, target)
      if (reason) found.push({ file, line: index + 1, message: `imports ${specifier}, but ${reason}` })
    }
  })
  return found
}

const isBroken = (wall: Wall, file: string, target: string) =>
  wall.in.test(file) &&
  !wall.except?.test(file) &&
  wall.not.test(target) &&
  !wall.but?.test(target) &&
  !(TESTS.test(file) && wall.testsMay?.test(target))

/** A feature of the screens may use ui, charts and shell beside itself. */
function featureWall(file: string, target: string): string | undefined {
  const [mine, theirs] = [file, target].map((path) => /^components\/([^/]+)\//.exec(path)?.[1])
  if (!mine || !theirs || mine === theirs || ['ui', 'charts', 'shell'].includes(theirs)) return undefined
  return `feature folders do not import each other: what ${mine} and ${theirs} share goes to components/ui, a rule to lib/.`
}

const imported = (line: string) =>
  [...line.matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*|\brequire\(\s*)(['"])([^'"]+)\1/g)].map((match) => match[2]!)

/** The path from the root for our own files; the name itself for packages. */
const resolved = (file: string, specifier: string): string => {
  if (specifier.startsWith('#')) return specifier.slice(1)
  return specifier.startsWith('.') ? normalize(join(dirname(file), specifier)).replaceAll('\\', '/') : specifier
}
