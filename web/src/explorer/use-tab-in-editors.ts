import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useEffectEvent } from 'react';

/** Keeps the editors and the tab together in two moments in which GraphiQL does not. */
export function useTabInEditors(): void {
  const { tab, query, variables } = useGraphiQL((state) => ({
    tab: state.tabs[state.activeTabIndex],
    query: state.queryEditor,
    variables: state.variableEditor,
  }));
  const actions = useGraphiQLActions();

  // The editors start with what is in the first tab, though another may have been chosen while they were loaded.
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

  // What runs in a tab is stopped when another is chosen, but not when one is added, which would show its answer.
  const stop = useEffectEvent(() => {
    actions.stop();
  });
  useEffect(() => stop, [tab?.id]);
}
