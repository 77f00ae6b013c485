-- export: most_used_devices
-- The five devices with the most visits, as of each date.
-- format: csv
-- to: data/final/report=most_used_devices/{date}/part-00000.csv
-- after: bus.most_used_devices

-- columns
device varchar(255)
total_devices bigint

-- rows
select device, total_devices from bus.most_used_devices where report_date = {date} order by total_devices desc, device
