import { keepsBlanks } from '../bulk/same-value.js';
import type { EntityColumn } from '../entities/entity.js';
import { stagingFormat } from '../read/staging-format.js';
import { qualifiedName } from '../sql/create-table.js';
import { columnList, identifier } from '../sql/identifier.js';
import { traitsOf } from '../types/column-traits.js';
import { variableField } from '../types/staged-field.js';
import { appendKind, columnsOfAppend } from './append-columns.js';
import { placeOf, type StoredRows } from './stored-rows.js';

/** The statement that takes a run's rows as `AppendRows` writes them; binds the run. */
export function loadRunStatement(rows: StoredRows): string {
  const texts = rows.columns.filter((column) => appendKind(column) === 'text');
  const variableOf = (column: EntityColumn) => `@v${rows.columns.indexOf(column)}`;
  const fields = rows.columns.flatMap((column) =>
    texts.includes(column) ? [variableOf(column)] : [columnList(columnsOfAppend(column).map(({ name }) => name))],
  );
  const sets = ['run = ?', ...texts.map((column) => `${identifier(column.name)} = ${valueOf(column, variableOf(column))}`)];
  return `load data local infile 'strata' into table ${qualifiedName(rows.table)} ${stagingFormat}
  (${[columnList(placeOf(rows)), ...fields].join(', ')}) set ${sets.join(', ')}`;
}

function valueOf({ type, nullable }: EntityColumn, variable: string): string {
  const value = traitsOf(type).convert(variableField(variable));
  // Servers take blanks for an empty text where they compare.
  const isEmpty = keepsBlanks(type) ? `length(${variable}) = 0` : `${variable} = ''`;
  return nullable ? `if(${isEmpty}, null, ${value})` : value;
}
