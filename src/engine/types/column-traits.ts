import { booleanTraits } from './boolean.js';
import { choiceTraits } from './choice.js';
import { codeTraits } from './code.js';
import type { ColumnType } from './column-type.js';
import { dateTraits } from './date.js';
import { decimalTraits } from './decimal.js';
import { integerTraits } from './integer.js';
import { jsonTraits } from './json.js';
import { pointTraits } from './point.js';
import { textTraits } from './text.js';
import { timeTraits } from './time.js';
import { timestampTraits } from './timestamp.js';
import type { TypeTraits } from './traits.js';

/** What the engine knows of a type: a file a type in this folder. */
export function traitsOf(type: ColumnType): TypeTraits {
  switch (type.kind) {
    case 'integer':
      return integerTraits(type);
    case 'decimal':
      return decimalTraits(type);
    case 'date':
      return dateTraits(type);
    case 'choice':
      return choiceTraits(type);
    case 'text':
      return textTraits(type);
    case 'boolean':
      return booleanTraits(type);
    case 'time':
      return timeTraits(type);
    case 'timestamp':
      return timestampTraits(type);
    case 'code':
      return codeTraits(type);
    case 'json':
      return jsonTraits();
    case 'point':
      return pointTraits();
  }
}
