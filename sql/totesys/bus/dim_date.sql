-- mart: bus.dim_date
-- Every date that any version of a fact has ever named; weeks begin on Monday, which is day 1.
-- key: date_id

-- columns
date_id date
year smallint
month tinyint
day tinyint
day_of_week tinyint
day_name varchar(9)
month_name varchar(9)
quarter tinyint

-- affected by sales_order_versions
select distinct cast(c.new_source_created_at as date) as date_id from changes.sales_order_versions c

-- affected by sales_order_versions
select distinct cast(c.new_last_updated as date) as date_id from changes.sales_order_versions c

-- affected by sales_order_versions
select distinct c.new_agreed_delivery_date as date_id from changes.sales_order_versions c

-- affected by sales_order_versions
select distinct c.new_agreed_payment_date as date_id from changes.sales_order_versions c

-- affected by purchase_order_versions
select distinct cast(c.new_source_created_at as date) as date_id from changes.purchase_order_versions c

-- affected by purchase_order_versions
select distinct cast(c.new_last_updated as date) as date_id from changes.purchase_order_versions c

-- affected by purchase_order_versions
select distinct c.new_agreed_delivery_date as date_id from changes.purchase_order_versions c

-- affected by purchase_order_versions
select distinct c.new_agreed_payment_date as date_id from changes.purchase_order_versions c

-- affected by payment_versions
select distinct cast(c.new_source_created_at as date) as date_id from changes.payment_versions c

-- affected by payment_versions
select distinct cast(c.new_last_updated as date) as date_id from changes.payment_versions c

-- affected by payment_versions
select distinct c.new_payment_date as date_id from changes.payment_versions c

-- rows
select
  d.date_id,
  year(d.date_id) as year,
  month(d.date_id) as month,
  dayofmonth(d.date_id) as day,
  weekday(d.date_id) + 1 as day_of_week,
  elt(weekday(d.date_id) + 1, 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday') as day_name,
  elt(
    month(d.date_id), 'January', 'February', 'March', 'April', 'May', 'June',
    'July', 'August', 'September', 'October', 'November', 'December'
  ) as month_name,
  quarter(d.date_id) as quarter
from [[affected straight_join]] gear.fact_dates d [[on d.date_id = affected.date_id]]
