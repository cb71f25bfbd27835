/** Time zones the browser knows, with the one in use even if it does not. */
export const zones = (inUse: string): string[] => [...new Set([inUse, 'UTC', ...Intl.supportedValuesOf('timeZone')])];
