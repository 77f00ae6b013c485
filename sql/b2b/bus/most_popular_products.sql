-- mart: bus.most_popular_products
-- What customers have ever ordered whose names logged in most from one country: that of the most different users in the log of the date.
-- by: report_date
-- key: prod_id
-- reads: web_visits of date, customer_versions up to date, order_versions up to date
-- after: gear.order_spans

-- columns
prod_id bigint unsigned
country char(2)

-- rows
with users as (
  select distinct v.country, v.user_name
  from bulk.web_visits v
  where v.delivery_date = {date} and v.country is not null and v.user_name is not null
),
first_country as (
  select u.country from users u group by u.country order by count(*) desc, u.country limit 1
),
buyers as (
  select c.customer_id, u.country
  from first_country f
  join users u on u.country = f.country
  join bulk.customer_versions c on c.user_name = u.user_name
  where c.delivery_date <= {date}
    and not exists (
      select 1 from bulk.customer_versions later
      where later.customer_id = c.customer_id and later.delivery_date > c.delivery_date and later.delivery_date <= {date}
    )
)
select distinct o.prod_id, b.country
from buyers b
join gear.order_spans o on o.customer_id = b.customer_id
where o.delivery_date <= {date} and o.holds_until >= {date}
