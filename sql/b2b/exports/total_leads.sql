-- export: total_leads
-- Orders from leads by customer, as of each date.
-- format: csv
-- to: data/final/report=total_leads/{date}/part-00000.csv
-- after: bus.total_leads

-- columns
customer_id bigint
total_leads bigint

-- rows
select customer_id, total_leads from bus.total_leads where report_date = {date} order by total_leads desc, customer_id
