-- mart: bus.fx_rates
-- How much of a currency one of the base is worth, by the day that the answer is of. A day without rates has none here.
-- key: date, base, currency
-- index: base, currency, date

-- columns
date date
base varchar(3)
currency varchar(3)
rate decimal(18,8)

-- affected by fx_rates
select c.rate_date as date, c.base_code as base, c.currency_code as currency from changes.fx_rates c

-- rows
select r.rate_date as date, r.base_code as base, r.currency_code as currency, r.rate
from [[affected straight_join]] bulk.fx_rates r
  [[on r.rate_date = affected.date and r.base_code = affected.base and r.currency_code = affected.currency]]
