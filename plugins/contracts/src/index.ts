export * from './account.js';
export * from './book.js';
export * from './call.js';
export * from './live.js';
export * from './method.js';
export * from './problem.js';
export * from './profile.js';
export * from './text.js';
