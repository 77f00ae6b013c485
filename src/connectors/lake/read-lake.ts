import { text } from 'node:stream/consumers';
import {
  manifestFolder,
  manifestKey,
  parseManifest,
  runOfManifest,
  type LakeManifest,
  type LakeObject,
} from '../../contracts/lake/manifest.js';
import { parseProcessedManifest } from '../../contracts/lake/processed-manifest.js';
import { sideBySide } from '../../contracts/side-by-side.js';
import type { ObjectStore, ObjectVersion } from '../../engine/object-store.js';
import { StrataError } from '../../engine/strata-error.js';

/** The current version of an object, by its key below the store's address; undefined where there is none. */
async function versionAt(store: ObjectStore, relativeKey: string, signal?: AbortSignal): Promise<ObjectVersion | undefined> {
  // What a manifest names was written whole before it, so there is nothing to wait for.
  for await (const page of store.list({ recursive: true, prefix: relativeKey, unsettled: true, signal })) {
    const found = page.find(({ key }) => store.relativeKey(key) === relativeKey);
    if (found) return found;
  }
  return undefined;
}

export interface ReadManifest<Manifest = LakeManifest> {
  readonly manifest: Manifest;
  /** As it stands in the lake. */
  readonly text: string;
}

/** How the manifests of one kind of lake are read. */
export interface ManifestReader<Manifest> {
  /** The manifest of a run; undefined where the run does not exist. Throws `misconfigured` for an object that is not a manifest of that run. */
  readManifest(store: ObjectStore, run: number, signal?: AbortSignal): Promise<ReadManifest<Manifest> | undefined>;
  /** The manifests of the runs from `first` to `last`, in their order. Throws `misconfigured` where one is not there. */
  manifestsOf(store: ObjectStore, first: number, last: number, signal?: AbortSignal): Promise<Manifest[]>;
}

/** Manifests read side by side. */
const atOnce = 16;

function manifestReader<Manifest extends { readonly run: number }>(parse: (text: string) => Manifest): ManifestReader<Manifest> {
  const manifestOf = (written: string): Manifest | undefined => {
    try {
      return parse(written);
    } catch {
      // Its words are about the file's inside, which nobody here wrote.
      return undefined;
    }
  };
  const readManifest = async (store: ObjectStore, run: number, signal?: AbortSignal) => {
    const written = await manifestText(store, run, signal);
    if (written === undefined) return undefined;
    const manifest = manifestOf(written);
    if (manifest?.run === run) return { manifest, text: written };
    throw new StrataError(
      'misconfigured',
      `${manifestKey(run)} in ${store.url} is not the manifest of run ${run}, so nothing after run ${run - 1} is read. Restore the object that Strata wrote there`,
    );
  };
  return {
    readManifest,
    manifestsOf: async (store, first, last, signal) => {
      const manifests: Manifest[] = [];
      const runs = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
      await sideBySide(runs, atOnce, async (run) => {
        const read = await readManifest(store, run, signal);
        if (!read) throw new StrataError('misconfigured', `${store.url} lacks ${manifestKey(run)}, and later runs are there. Restore it`);
        manifests[run - first] = read.manifest;
      });
      return manifests;
    },
  };
}

/** Of lakes that extracts write. */
export const { readManifest, manifestsOf } = manifestReader(parseManifest);
/** Of processed buckets. */
export const processedRuns = manifestReader(parseProcessedManifest);

/** What stands where the manifest of a run belongs; undefined where nothing does. */
export async function manifestText(store: ObjectStore, run: number, signal?: AbortSignal): Promise<string | undefined> {
  const stream = await store.open(manifestKey(run), signal);
  return stream && text(stream);
}

/** The last run whose manifest is in the lake, by its listing; 0 where there is none. */
export async function lastRunOf(store: ObjectStore, signal?: AbortSignal): Promise<number> {
  let last = 0;
  for await (const page of store.list({ recursive: true, prefix: manifestFolder, unsettled: true, signal }))
    for (const { key } of page) last = Math.max(last, runOfManifest(store.relativeKey(key)) ?? 0);
  return last;
}

/** The version of an object that a manifest names; a text says what is wrong with it, and what to do. */
export async function namedVersion(store: ObjectStore, { key, bytes }: LakeObject, signal?: AbortSignal): Promise<ObjectVersion | string> {
  const version = await versionAt(store, key, signal);
  if (version === undefined) return 'a manifest names it, but it is not there. Restore it, for the runs behind it wait for it';
  if (version.size === bytes) return version;
  return `it has ${version.size} bytes, and its manifest says ${bytes}. Restore the object that Strata wrote there, for the runs behind it wait for it`;
}
