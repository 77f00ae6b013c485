import { peerNames } from './peers/index.js';
import { scenarios } from './scenarios/index.js';

export const help = `npm run bench [-- options] [SCENARIO...]

Measures Strata on this machine: starts servers of its own, makes its data, runs each comparison in turns, prints tables and
rewrites their sections of BENCHMARKS.md. It takes two and a half hours or so; nothing stays but that file, and programs in the
cache folder.

Scenarios (all when none is named):
${scenarios.map(({ name, summary }) => `  ${name.padEnd(12)} ${summary}`).join('\n')}

  --quick             small sizes, under 3 minutes; its sections of BENCHMARKS.md are marked and replace no full one
  --rounds N          rounds of each comparison, 1 to 99 (default 3; quick: 3 of landing, 1 of what takes longer);
                      profile, latency and memory compare nothing in turns: they run once
  --rows N            rows of the file: landing, chain, profile, scale-out (default 1M); flat delivers at most so many again
  --history N         rows that are there before the file: chain, profile (default 5M; 0: only an empty warehouse)
  --sizes N,N,...     sizes of the history: flat (default 100k,1M,5M)
  --files N           files of 100 rows: small-files (default 1,000)
  --puts N            files, one after the other: latency (default 30)
  --memory N,N,...    bytes of a file: memory (default 50MB,1GB,5GB, which takes 15 GB of disk)
  --workers N,N,...   workers side by side: scale-out (default 1,2,4)
  --database NAMES    mariadb, mysql or mariadb,mysql (default: MariaDB; landing on each that is there)
  --peers NAMES       ${peerNames.join(', ')}: installs them into the cache folder and lets them land the same file: chain alone
  --worker-env K=V    a setting of the workers, to compare settings; may be given more than once
  --output FILE       instead of BENCHMARKS.md
  --no-write          only print
  --help              this text

Numbers may be written 100k, 1M, 2.5M; bytes 50MB, 1GB (powers of 1,000).

MySQL is measured where STRATA_BENCH_MYSQL_URL or STRATA_TEST_MYSQL_URL names a server (mysql://user:password@host:port, whose
user may do everything; the bench drops what it made there), or a mysqld is on this machine.

Examples:
  npm run bench -- --quick
  npm run bench -- landing --rows 5M --rounds 5
  npm run bench -- chain --peers dlt,sling
  npm run bench -- flat --sizes 100k,1M,5M,20M
  npm run bench -- memory --memory 20GB
  STRATA_BENCH_MYSQL_URL=mysql://root@127.0.0.1:3307 npm run bench -- landing chain --database mariadb,mysql
`;
