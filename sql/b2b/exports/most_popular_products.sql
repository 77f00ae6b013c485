-- export: most_popular_products
-- Products of the customers of the country that logged in most, as of each date.
-- format: csv
-- to: data/final/report=most_popular_products/{date}/part-00000.csv
-- after: bus.most_popular_products

-- columns
prod_id bigint
country char(2)

-- rows
select prod_id, country from bus.most_popular_products where report_date = {date} order by prod_id
