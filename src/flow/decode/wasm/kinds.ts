// Kinds of parts (parts.ts). class-reader.ts knows PREFIX and URI too.

export const USER: u32 = 1;
export const IMPERSONATED: u32 = 2;
export const AUTHENTICATION: u32 = 3;
/** A path, plain text. */
export const PATH: u32 = 4;
/** A path with what may matter of its query, as a JSON string without its quotes. */
export const URI: u32 = 5;
export const USER_AGENT: u32 = 6;
export const REASON: u32 = 7;
export const ADMIT_POLICY: u32 = 8;
export const MESSAGE: u32 = 9;
export const OWNERS: u32 = 10;
export const PLAIN_USER: u32 = 11;
/** A path up to an object's name, the name, and what follows it. */
export const PREFIX: u32 = 12;
export const NAME: u32 = 13;
export const SUFFIX: u32 = 14;
