import { expect, it } from '@jest/globals';
import { isEngineColumn } from '../../../src/engine/definition/engine-columns.js';
import { columnNames } from '../../../src/engine/guess/write-definition.js';

it('names that the engine gives to columns of its own are given to no column of a sample', () => {
  const names = columnNames(['copies', 'Is Outdated', 'Load ID', 'thing_hk', 'Copies']);
  expect(names).toEqual(['copies_of_file', 'is_outdated_of_file', 'load_id_of_file', 'thing_hk_of_file', 'copies_of_file_2']);
  expect(names.filter(isEngineColumn)).toEqual([]);
});
