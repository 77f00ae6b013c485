-- export: products_snapshot
-- Every product as of each date.
-- format: parquet
-- to: data/final/table=products/{date}/part-{part}.snappy.parquet
-- reads: product_versions up to date

-- columns
prod_id bigint
prod_name mediumtext null
prod_unit_price decimal(15,4)
prod_currency_code char(3)
supplier_id bigint

-- rows
select v.prod_id, v.prod_name, v.prod_unit_price, v.prod_currency_code, v.supplier_id
from bulk.product_versions v
where v.delivery_date <= {date}
  and not exists (
    select 1 from bulk.product_versions later
    where later.prod_id = v.prod_id and later.delivery_date > v.delivery_date and later.delivery_date <= {date}
  )
order by v.prod_id
