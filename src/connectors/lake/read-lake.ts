import { text } from 'node:stream/consumers';
import { manifestKey, parseManifest, type LakeManifest, type LakeObject } from '../../contracts/lake/manifest.js';
import type { ObjectStore, ObjectVersion } from '../../engine/object-store.js';
import { StrataError } from '../../engine/strata-error.js';

/** The current version of an object, by its key below the store's address; undefined where there is none. */
export async function versionAt(store: ObjectStore, relativeKey: string, signal?: AbortSignal): Promise<ObjectVersion | undefined> {
  // What a manifest names was written whole before it, so there is nothing to wait for.
  for await (const page of store.list({ recursive: true, prefix: relativeKey, unsettled: true, signal })) {
    const found = page.find(({ key }) => store.relativeKey(key) === relativeKey);
    if (found) return found;
  }
  return undefined;
}

/** The manifest of a run; undefined where the run does not exist. Throws `misconfigured` for an object that is no manifest of that run. */
export async function readManifest(store: ObjectStore, run: number, signal?: AbortSignal): Promise<LakeManifest | undefined> {
  const key = manifestKey(run);
  const stream = await store.open(key, signal);
  if (stream === undefined) return undefined;
  const manifest = manifestOf(await text(stream));
  if (manifest?.run === run) return manifest;
  throw new StrataError(
    'misconfigured',
    `${key} is not the manifest of run ${run}, so nothing after run ${run - 1} is read. Restore the object that Strata wrote there`,
  );
}

function manifestOf(written: string): LakeManifest | undefined {
  try {
    return parseManifest(written);
  } catch {
    return undefined;
  }
}

/** The version of an object that a manifest names; a text says what is wrong with it, and what to do. */
export async function namedVersion(store: ObjectStore, { key, bytes }: LakeObject, signal?: AbortSignal): Promise<ObjectVersion | string> {
  const version = await versionAt(store, key, signal);
  if (version === undefined) return 'a manifest names it, but it is not there. Restore it, for the runs behind it wait for it';
  if (version.size === bytes) return version;
  return `it has ${version.size} bytes, and its manifest says ${bytes}. Restore the object that Strata wrote there, for the runs behind it wait for it`;
}
