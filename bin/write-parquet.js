// The process that writes one Parquet file: started by Strata, which gives it its order as JSON on standard input.
import { text } from 'node:stream/consumers';

const { writeParquetFile, failureWithoutValues } = await import('../dist/connectors/parquet/parquet-writer.js');
try {
  await writeParquetFile(JSON.parse(await text(process.stdin)));
} catch (error) {
  process.stderr.write(failureWithoutValues(error));
  process.exitCode = 1;
}
