import ts from 'typescript';
import { kitFolder, type KitName } from './kit.ts';

/** The files that stay the same between two checks, such as the types of React. */
const sourceFiles = new Map<string, ts.SourceFile | undefined>();

/** Returns the type errors in a kit's `JobList.tsx` after replacing `text` with `replacement`. */
export function typeErrorsWhere(name: KitName, text: string, replacement: string): string[] {
  const folder = kitFolder(name);
  const list = `${folder}src/JobList.tsx`;
  const config = ts.readConfigFile(`${folder}tsconfig.json`, (file) => ts.sys.readFile(file));
  const { options, fileNames } = ts.parseJsonConfigFileContent(config.config, ts.sys, folder);
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram(fileNames, options, {
    ...host,
    getSourceFile: (file, languageVersion) => {
      if (file === list) {
        const source = host.readFile(file)?.replace(text, replacement) ?? '';
        return ts.createSourceFile(file, source, languageVersion);
      }
      if (!sourceFiles.has(file)) sourceFiles.set(file, host.getSourceFile(file, languageVersion));
      return sourceFiles.get(file);
    },
  });
  return program
    .getSemanticDiagnostics(program.getSourceFile(list))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
