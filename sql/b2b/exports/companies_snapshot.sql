-- export: companies_snapshot
-- Every company as of each date.
-- format: parquet
-- to: data/final/table=companies/{date}/part-{part}.snappy.parquet
-- reads: company_versions up to date

-- columns
company_id bigint
company_name mediumtext

-- rows
select v.company_id, v.company_name
from bulk.company_versions v
where v.delivery_date <= {date}
  and not exists (
    select 1 from bulk.company_versions later
    where later.company_id = v.company_id and later.delivery_date > v.delivery_date and later.delivery_date <= {date}
  )
order by v.company_id
