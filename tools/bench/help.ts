import { peerNames } from './peers/index.js';
import { scenarios } from './scenarios/index.js';

export const help = `npm run bench [-- options] [SCENARIO...]

Measures Strata on this machine. It starts servers of its own, makes its data, runs the contenders in turns, prints tables, and
rewrites their sections of BENCHMARKS.md. A full run takes about four hours. Only that file stays, and the programs in
the cache folder.

Scenarios (all when none is named):
${scenarios.map(({ name, summary }) => `  ${name.padEnd(12)} ${summary}`).join('\n')}

  --quick             small sizes, about 5 minutes. Its sections of BENCHMARKS.md are marked, and replace no full ones
  --rounds N          rounds of each comparison, 1 to 99 (default 3, with --quick 3 of landing and 1 of the others).
                      profile, latency and memory compare nothing in turns, so they run once
  --rows N            rows of the file: landing, chain, profile, scale-out (default 1M). flat delivers at most this many twice
  --history N         rows that are there before the file: chain, profile (default 5M, 0 for an empty warehouse only)
  --sizes N,N,...     sizes of the history: flat (default 100k,1M,5M)
  --files N           files of 100 rows: small-files (default 1,000)
  --puts N            files, one after the other: latency (default 30)
  --days N            days of files: b2b (default 366)
  --day-rows N        rows of the files of a day: b2b (default 6,000)
  --totesys N,N,...   rows of each large table: totesys (default 100k,1M)
  --lake N,N,...      rows of the table: lake (default 1M,10M). 50M takes 20 GB of disk
  --trips N,N,...     trips of a file: trips (default 1M,10M). 100M takes 60 GB of disk and about two hours
  --alone             trips without PostgreSQL and DuckDB: 100M then takes 45 GB of disk and about an hour
  --memory N,N,...    bytes of a file: memory (default 50MB,1GB,5GB, which takes 15 GB of disk)
  --workers N,N,...   workers side by side: scale-out, trips (default 1,2,4)
  --database NAMES    mariadb, mysql or mariadb,mysql (default: MariaDB, and landing on each server that is there)
  --peers NAMES       ${peerNames.join(', ')}: installs them into the cache folder, and lets them do the same: both for chain, dlt for lake
  --worker-env K=V    a setting of the workers, to compare settings. May be given more than once
  --output FILE       instead of BENCHMARKS.md
  --no-write          only print
  --help              this text

Write numbers as 100k, 1M or 2.5M, and bytes as 50MB or 1GB (powers of 1,000).

MySQL is measured when STRATA_BENCH_MYSQL_URL or STRATA_TEST_MYSQL_URL names a server (mysql://user:password@host:port), or when
this machine has a mysqld. The user needs all rights. The bench drops the schemas that it made there.

Examples:
  npm run bench -- --quick
  npm run bench -- landing --rows 5M --rounds 5
  npm run bench -- chain --peers dlt,sling
  npm run bench -- lake --peers dlt
  npm run bench -- flat --sizes 100k,1M,5M,20M
  npm run bench -- memory --memory 20GB
  STRATA_BENCH_MYSQL_URL=mysql://root@127.0.0.1:3307 npm run bench -- landing chain --database mariadb,mysql
`;
