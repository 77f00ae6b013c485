/** Tests run as ES modules straight from TypeScript; `npm test` sets the Node option that this needs. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, sourceMaps: 'inline' }] },
  testTimeout: 300_000,
  maxWorkers: 3,
  testSequencer: '<rootDir>/test/support/jest/longest-first.cjs',
};
