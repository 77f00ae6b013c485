import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { anchors, documentAt, documents, prose, root } from './documents.js';

const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(join(root, 'src', name), 'utf8') }));

describe('links', () => {
  it.each(documents.map((document) => [document.path, document] as const))(
    'of %s lead to files and headings that are there',
    (_path, document) => {
      const broken = [...prose(document).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].flatMap(([, link = '']) => {
        const [file = '', anchor] = link.split('#');
        const path = file === '' ? document.path : normalize(join(dirname(document.path), file));
        if (!existsSync(join(root, path))) return [`${link}: there is no ${path}`];
        if (anchor !== undefined && !anchors(documentAt(path)).includes(anchor)) return [`${link}: ${path} has no such heading`];
        return [];
      });
      expect(broken).toEqual([]);
    },
  );

  it('in messages of the program lead to pages and headings that are there', () => {
    const named = sources.flatMap(({ name, text }) =>
      [...text.matchAll(/\b(docs\/[\w/-]+\.md)(?:, "([^"]+)")?/g)].map(([, page, heading]) => ({ name, page, heading })),
    );
    expect(named.length).toBeGreaterThan(0);
    for (const { name, page, heading } of named) {
      const document = documents.find(({ path }) => path === page);
      expect({ name, page: document?.path }).toEqual({ name, page });
      if (heading !== undefined) expect(document?.text).toContain(`# ${heading}\n`);
    }
  });

  it('from docs/README.md lead to every page of docs', () => {
    const { text } = documentAt('docs/README.md');
    const pages = documents.map(({ path }) => path).filter((path) => path.startsWith('docs/') && path !== 'docs/README.md');
    for (const path of pages) expect(text).toContain(`(${relative('docs', path)})`);
  });

  it.each(documents.filter(({ path }) => /^docs\/.+\//.test(path)).map((document) => [document.path, document] as const))(
    'lead from the top of %s to the glossary',
    (path, { text }) => {
      expect(text.split('\n').slice(1, 4).join('\n')).toContain(`](${relative(dirname(path), 'docs/glossary.md')})`);
    },
  );
});
