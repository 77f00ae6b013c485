"""Copies one table of PostgreSQL into Parquet files with dlt: Arrow tables, no normalization of rows, the backend that is fastest here.

    PEER_URL=postgresql://... PEER_FOLDER=file:///... python dlt_extract.py TABLE BACKEND
"""

import os
import sys

import dlt
from dlt.sources.sql_database import sql_table

table, backend = sys.argv[1:3]
rows = sql_table(credentials=os.environ["PEER_URL"], table=table, backend=backend, chunk_size=100_000)
pipeline = dlt.pipeline(
    pipeline_name="extract",
    destination=dlt.destinations.filesystem(bucket_url=os.environ["PEER_FOLDER"]),
    dataset_name="lake",
)
pipeline.run(rows, loader_file_format="parquet", write_disposition="replace").raise_on_failed_jobs()
