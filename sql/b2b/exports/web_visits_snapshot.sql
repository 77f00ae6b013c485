-- export: web_visits_snapshot
-- The visits of the log of each date.
-- format: parquet
-- to: data/final/table=web_visits/{date}/part-{part}.snappy.parquet
-- reads: web_visits of date

-- columns
visit_time datetime(6)
ip mediumtext
user_name mediumtext null
method mediumtext null
path mediumtext null
protocol mediumtext null
request mediumtext
status bigint
bytes bigint
referer mediumtext null
user_agent mediumtext null
country char(2) null
device varchar(255)

-- rows
select v.visit_time, v.ip, v.user_name, v.method, v.path, v.protocol, v.request, v.status, v.bytes, v.referer, v.user_agent, v.country, v.device
from bulk.web_visits v
where v.delivery_date = {date}
order by v.load_id, v.row_offset
