-- export: customers_snapshot
-- Every customer as of each date.
-- format: parquet
-- to: data/final/table=customers/{date}/part-{part}.snappy.parquet
-- reads: customer_versions up to date

-- columns
customer_id bigint
full_name mediumtext
dob date
user_name mediumtext
email mediumtext
most_freq_city mediumtext
most_freq_cntry char(3)

-- rows
select v.customer_id, v.full_name, v.dob, v.user_name, v.email, v.most_freq_city, v.most_freq_cntry
from bulk.customer_versions v
where v.delivery_date <= {date}
  and not exists (
    select 1 from bulk.customer_versions later
    where later.customer_id = v.customer_id and later.delivery_date > v.delivery_date and later.delivery_date <= {date}
  )
order by v.customer_id
