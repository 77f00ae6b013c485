// The process that writes Parquet files: started by Strata, which gives it an order for each as a line of JSON on standard input.
const { takeParquetOrders } = await import('../dist/connectors/parquet/parquet-writer.js');
await takeParquetOrders();
