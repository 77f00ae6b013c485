/** Where `releaseSource` moves what was refused. */
export const quarantineFolder = 'quarantine/';

/** Hexadecimal digits of a load's identity in the name of its folder. */
const shownDigits = 8;

/**
 * The folder of a load in its source: `quarantine/<load id>-<how its identity begins>/`. The number alone would name another file in a
 * warehouse that was restored or made new, for ids begin again there; the identity is that of the file.
 */
export function quarantineFolderOf({ loadId, identity }: { readonly loadId: number; readonly identity: Buffer }): string {
  return `${quarantineFolder}${loadId}-${identity.toString('hex').slice(0, shownDigits)}/`;
}

/** The last folders of an address below a source: the source's address, the load's number and, where it has one, the identity's part. */
const inFolder = new RegExp(`^(.*/)(${quarantineFolder}(\\d{1,15})(?:-([0-9a-f]{${shownDigits}}))?/)([^/]*)$`, 'su');
/** The same of a file that keeps the folders which it had in its source. A folder whose name is a number alone may be any. */
const deepInFolder = new RegExp(`^(.*/)(${quarantineFolder}(\\d{1,15})-([0-9a-f]{${shownDigits}})/)(.*)$`, 'su');

export interface QuarantinePlace {
  /** Address of the source. */
  readonly source: string;
  /** As `quarantineFolderOf` writes it, or with the number alone. */
  readonly folder: string;
  readonly loadId: number;
  readonly isNamed: boolean;
  /** The file's key in the folder: that which it had in its source. */
  readonly key: string;
}

/** The load in whose quarantine folder an object is, from its address. Undefined if it is in no such folder. */
export function quarantinePlace(address: string): QuarantinePlace | undefined {
  const [, source, folder, loadId, digits, key] = inFolder.exec(address) ?? deepInFolder.exec(address) ?? [];
  if (source === undefined || folder === undefined || key === undefined) return undefined;
  return { source, folder, loadId: Number(loadId), isNamed: digits !== undefined, key };
}

/** Why a replay does not take an object, or a folder, in the quarantine of a source; undefined where it may take it. */
export function whyNoReplay(source: string, relativeKey: string): string | undefined {
  if (!relativeKey.startsWith(quarantineFolder) || quarantinePlace(source + relativeKey) !== undefined) return undefined;
  return "it is in no load's folder, so nothing takes it. To see the folders for corrected rows, run: strata quarantine list";
}

/** What a pickup from that address, a canonical one, is: a replay where it is that of a quarantine folder or in one, else a backfill. */
export function sourceKindAt(address: string): 'backfill' | 'replay' {
  return address.includes(`/${quarantineFolder}`) ? 'replay' : 'backfill';
}

/** Whether an object below a source lies in a quarantine folder, which a backfill leaves to replays. */
export function isQuarantined(source: string, relativeKey: string): boolean {
  return relativeKey.startsWith(quarantineFolder) || quarantinePlace(source + relativeKey)?.isNamed === true;
}
