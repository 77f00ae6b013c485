import { folderBelow, neighboursOf } from '../../engine/definition/match/neighbours.js';
import type { Project } from '../../config/load-project.js';
import { commonSample, commonSampleBelow, sampled } from '../../engine/definition/match/sample-names.js';
import { projectStores } from '../../config/project-stores.js';
import { finding, type Finding } from './finding.js';

/** Whether pipelines that read the same source, or one a folder of the other's, can distinguish their files. Nothing where none do. */
export async function* checkSharedSources(project: Project): AsyncGenerator<Finding> {
  const stores = projectStores(project);
  const names = [...project.pipelines.keys()];
  const shared = names.flatMap((name, index) =>
    neighboursOf(name, project.pipelines, stores).flatMap(({ definition, url }) => {
      const own = stores.sourceOf(name).url;
      const isSame = url === own;
      // Two of the same source are neighbours of each other.
      return isSame && names.indexOf(definition.name) < index ? [] : [{ name, definition, url, isSame, folder: folderBelow(own, url) }];
    }),
  );
  for (const { name, definition, url, isSame, folder } of shared) {
    const where = isSame ? `${url} is the source of both` : `${url} is the source of ${definition.name} and a folder in that of ${name}`;
    yield await finding(`files of ${name} and ${definition.name}`, () => {
      const own = project.pipelines.get(name)?.definition.feeds ?? [];
      const common = own.flatMap((feed) =>
        definition.feeds.flatMap((other) => {
          const sample = isSame
            ? commonSample(sampled(feed.match), sampled(other.match))
            : commonSampleBelow(feed.match, other.match, folder);
          return sample === undefined
            ? []
            : [`${name}/${feed.name} and ${definition.name}/${other.name} both match names such as ${sample}`];
        }),
      );
      if (common.length === 0) return Promise.resolve(`${where}. No name was found that feeds of both match`);
      const taken = isSame
        ? 'No feed takes such files'
        : `Pickups and backfills of ${name} leave such files in that folder to ${definition.name}`;
      const message = `${where}, and feeds of both match the same names. ${taken}. Narrow the match of one feed of each pair, then run: strata migrate`;
      return Promise.resolve({ state: isSame ? 'wrong' : 'warning', message: [message, ...common].join('\n') });
    });
  }
}
