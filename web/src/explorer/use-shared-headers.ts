import { parseJSONC, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useEffectEvent } from 'react';

/** Delay after the last keystroke. */
const DEBOUNCE_MS = 300;

/**
 * Copies typed headers to every tab, so that users enter a token once. By default, GraphiQL keeps
 * separate headers for each tab.
 */
export function useSharedHeaders(): void {
  const editor = useGraphiQL(({ headerEditor }) => headerEditor);
  const { schema, fetchError, result } = useGraphiQL((state) => ({
    schema: state.schema,
    fetchError: state.fetchError,
    result: state.responseEditor,
  }));
  const actions = useGraphiQLActions();
  const loadSchema = useEffectEvent((headers: string) => {
    if (schema || !isValidJson(headers)) return;
    // Removes the error of the earlier attempt without these headers.
    if (fetchError !== null && result?.getValue() === fetchError) result.setValue('');
    void actions.introspect();
  });
  useEffect(() => {
    const model = editor?.getModel();
    if (!model) return;
    let headers = model.getValue();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listener = model.onDidChangeContent(({ isFlush }) => {
      // A flush is not typing: GraphiQL replaced the headers on a switch of tabs or from history.
      if (isFlush) {
        if (model.getValue() !== headers) model.setValue(headers);
        return;
      }
      headers = model.getValue();
      clearTimeout(timer);
      timer = setTimeout(() => {
        loadSchema(headers);
      }, DEBOUNCE_MS);
    });
    return () => {
      clearTimeout(timer);
      listener.dispose();
    };
  }, [editor]);
}

function isValidJson(text: string): boolean {
  try {
    parseJSONC(text);
    return true;
  } catch {
    return false;
  }
}
