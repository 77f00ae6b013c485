"""Lands one CSV file in a MySQL-compatible server with dlt in the setting that is fastest here: Arrow tables, Parquet, two workers.

    PEER_URL=mysql+mysqldb://... PEER_DATABASE=name python dlt_land.py FILE TABLE
"""

import os
import sys

import dlt
import pyarrow.csv

file, table = sys.argv[1:3]


@dlt.resource(name=table, write_disposition="replace")
def rows():
    with pyarrow.csv.open_csv(file, read_options=pyarrow.csv.ReadOptions(block_size=16 << 20)) as reader:
        for batch in reader:
            yield pyarrow.Table.from_batches([batch])


pipeline = dlt.pipeline(
    pipeline_name="land",
    destination=dlt.destinations.sqlalchemy(os.environ["PEER_URL"]),
    dataset_name=os.environ["PEER_DATABASE"],
)
pipeline.run(rows(), loader_file_format="parquet").raise_on_failed_jobs()
