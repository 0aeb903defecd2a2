// The package is one: what ES modules import is the same as what CommonJS requires, so `instanceof` holds everywhere.
export * from './index.js'
