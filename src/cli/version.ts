declare const __GATEKEEPER_VERSION__: string;

/** The version in package.json. */
export const VERSION: string = __GATEKEEPER_VERSION__;
