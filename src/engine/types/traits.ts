import type { StagedField } from './staged-field.js';

/** Whether bytes[start, end), a value that is trimmed (unless the type is exact) and not empty, satisfies the column's type. */
export type ValueCheck = (bytes: Buffer, start: number, end: number) => boolean;

/** All that the engine knows of a column's type. */
export interface TypeTraits {
  /** The type in bulk, vault and changes; all text is compared exactly. */
  readonly sqlType: string;
  /** Bytes in a key; text counts four a character. Undefined where a key can't hold it. */
  readonly keyBytes: number | undefined;
  /** Declared bytes in a row. */
  readonly rowBytes: number;
  /** What a value must be, in words; beside it stands which column that is. */
  readonly rule: string;
  /** What is wrong with the type beyond its shape, by property. */
  readonly mistakes: readonly { readonly property: string; readonly text: string }[];
  /** White space around a value is part of it: the check is given the whole value. */
  readonly exact?: boolean;
  /** SQL of a value that no file can hold, which stands for NULL in keys. Undefined where the type has none: then no key can be NULL. */
  readonly nullKey?: string;
  /** An empty value is good, and what it is stored as. */
  readonly empty?: string;
  /** Makes the check. Checks of what files commonly hold allocate nothing and make no numbers or strings of a value. */
  makeCheck(): ValueCheck;
  /**
   * SQL that turns a staged field, which is not empty, into the type. The scanner passed only good values, so nothing is checked
   * here; in strict mode a value that does not convert is an error that fails the run.
   */
  convert(field: StagedField): string;
}
