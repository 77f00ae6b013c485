-- view: bus.latest_most_popular_products
-- Products of the customers of the country that logged in most, as of the newest date that has this report.

select r.*
from bus.most_popular_products r
where r.report_date = (
  select max(d.partition_date) from gear.dated_outputs d where d.pipeline = 'b2b' and d.output = 'bus.most_popular_products'
)
