/**
 * The part of jsdom that the tests use. The package's own types would add the types of a browser to
 * the whole project.
 */
declare module 'jsdom' {
  export interface Element {
    readonly textContent: string;
    readonly parentElement: Element | null;
    readonly disabled: boolean;
    click(): void;
    dispatchEvent(event: object): void;
    querySelector(selector: string): Element | null;
    getElementsByTagName(name: string): ArrayLike<Element> & Iterable<Element>;
  }

  export interface Window {
    readonly document: Element;
    readonly Event: new (type: string, options: { readonly bubbles: boolean }) => object;
    eval(script: string): void;
    close(): void;
  }

  /** The global objects of a page. Tests replace some of them. */
  export interface Globals {
    WebSocket: new (url: string, protocol?: string) => { send(message: string): void };
  }

  export class JSDOM {
    constructor(
      html: string,
      options: {
        readonly url: string;
        readonly runScripts: 'outside-only';
        readonly pretendToBeVisual: boolean;
        readonly beforeParse: (window: Globals) => void;
      },
    );
    readonly window: Window;
  }
}
