import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useEffectEvent } from 'react';

/** Keeps the editors and the active tab in sync in two cases that GraphiQL misses. */
export function useSyncEditorsWithTab(): void {
  const { tab, query, variables } = useGraphiQL((state) => ({
    tab: state.tabs[state.activeTabIndex],
    query: state.queryEditor,
    variables: state.variableEditor,
  }));
  const actions = useGraphiQLActions();

  // Editors start with the first tab's content, even if the user chose another tab meanwhile.
  const fill = useEffectEvent(() => {
    const contents = [
      [query, tab?.query],
      [variables, tab?.variables],
    ] as const;
    for (const [editor, text] of contents) {
      if (editor && editor.getValue() !== (text ?? '')) editor.setValue(text ?? '');
    }
  });
  useEffect(() => {
    fill();
  }, [query, variables]);

  // GraphiQL stops an operation when the user switches tabs, but not when the user adds a tab.
  // The new tab would then show the result of the old one.
  const stop = useEffectEvent(() => {
    actions.stop();
  });
  useEffect(() => stop, [tab?.id]);
}
