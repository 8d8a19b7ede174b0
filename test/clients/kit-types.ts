import ts from 'typescript';
import { kitFolder, type KitName } from './kit.ts';

/** Returns the type errors in a kit's `JobList.tsx` after replacing `text` with `replacement`. */
export function typeErrorsWhere(name: KitName, text: string, replacement: string): string[] {
  const folder = kitFolder(name);
  const list = `${folder}src/JobList.tsx`;
  const config = ts.readConfigFile(`${folder}tsconfig.json`, (file) => ts.sys.readFile(file));
  const { options, fileNames } = ts.parseJsonConfigFileContent(config.config, ts.sys, folder);
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram(fileNames, options, {
    ...host,
    readFile: (file) => host.readFile(file),
    getSourceFile: (file, languageVersion) => {
      const source = host.readFile(file);
      if (source === undefined) return undefined;
      const edited = file === list ? source.replace(text, replacement) : source;
      return ts.createSourceFile(file, edited, languageVersion);
    },
  });
  return program
    .getSemanticDiagnostics(program.getSourceFile(list))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
