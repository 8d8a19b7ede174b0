import { parseJSONC, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useEffectEvent } from 'react';

/** Who types is given a moment to finish. */
const PAUSE_MS = 300;

/** What is typed under Headers stands there in every tab, so that a token is given once. GraphiQL has headers for each. */
export function useSharedHeaders(): void {
  const editor = useGraphiQL(({ headerEditor }) => headerEditor);
  const { schema, fetchError, result } = useGraphiQL((state) => ({
    schema: state.schema,
    fetchError: state.fetchError,
    result: state.responseEditor,
  }));
  const actions = useGraphiQLActions();
  const loadSchema = useEffectEvent((headers: string) => {
    if (schema || !isJson(headers)) return;
    // It was refused for want of them, which no longer need be said.
    if (fetchError !== null && result?.getValue() === fetchError) result.setValue('');
    void actions.introspect();
  });
  useEffect(() => {
    const model = editor?.getModel();
    if (!model) return;
    let headers = model.getValue();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listener = model.onDidChangeContent(({ isFlush }) => {
      // Nobody typed: those are the headers of another tab, or of a line of the history.
      if (isFlush) {
        if (model.getValue() !== headers) model.setValue(headers);
        return;
      }
      headers = model.getValue();
      clearTimeout(timer);
      timer = setTimeout(() => {
        loadSchema(headers);
      }, PAUSE_MS);
    });
    return () => {
      clearTimeout(timer);
      listener.dispose();
    };
  }, [editor]);
}

function isJson(text: string): boolean {
  try {
    parseJSONC(text);
    return true;
  } catch {
    return false;
  }
}
