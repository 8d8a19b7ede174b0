import { Component, type ReactNode } from 'react';

/** Shows the error and a retry button when the first page cannot be read. */
export class TryAgain extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state = { error: null as Error | null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    if (!this.state.error) return this.props.children;
    return (
      <p role="alert">
        {this.state.error.message}{' '}
        <button onClick={() => this.setState({ error: null })}>Try again</button>
      </p>
    );
  }
}
