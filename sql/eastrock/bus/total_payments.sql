-- mart: bus.total_payments
-- Payments of each type over all time: who ever paid, from how many countries, and how much.
-- key: type
-- after: bus.daily_payments, gear.payer_types

-- columns
type varchar(10)
dates bigint
first_date date
last_date date
active_users bigint
middle_users_daily decimal(30,3)
active_countries bigint
middle_active_countries decimal(30,3)
transactions bigint
middle_transactions_daily decimal(30,3)
deposit decimal(30,2)
middle_deposit_daily decimal(30,3)
deposits bigint
middle_deposits_daily decimal(30,3)
withdrawal decimal(30,2)
middle_withdrawal_daily decimal(30,3)
withdrawals bigint
middle_withdrawals_daily decimal(30,3)

-- affected by payments
select distinct c.old_type as type from changes.payments c

-- affected by payments
select distinct c.new_type as type from changes.payments c

-- affected by users
select distinct t.type
from changes.users c straight_join gear.payer_types t on t.user_id = c.user_id
where not (c.old_country <=> c.new_country)

-- rows
with days as (
  select
    d.type,
    count(*) as dates,
    min(d.date) as first_date,
    max(d.date) as last_date,
    sum(d.transactions) as transactions,
    sum(d.deposit) as deposit,
    sum(d.deposits) as deposits,
    sum(d.withdrawal) as withdrawal,
    sum(d.withdrawals) as withdrawals
  from [[affected straight_join]] bus.daily_payments d [[on d.type = affected.type]]
  group by d.type
),
payers as (
  select t.type, sum(t.n) as users, count(*) as countries
  from gear.payer_types_by_type_and_country_id t
  group by t.type
)
select
  d.type,
  d.dates,
  d.first_date,
  d.last_date,
  coalesce(p.users, 0) as active_users,
  round(cast(coalesce(p.users, 0) as decimal(45,15)) / d.dates, 3) as middle_users_daily,
  coalesce(p.countries, 0) as active_countries,
  round(cast(coalesce(p.countries, 0) as decimal(45,15)) / d.dates, 3) as middle_active_countries,
  d.transactions,
  round(cast(d.transactions as decimal(45,15)) / d.dates, 3) as middle_transactions_daily,
  d.deposit,
  round(cast(d.deposit as decimal(45,15)) / d.dates, 3) as middle_deposit_daily,
  d.deposits,
  round(cast(d.deposits as decimal(45,15)) / d.dates, 3) as middle_deposits_daily,
  d.withdrawal,
  round(cast(d.withdrawal as decimal(45,15)) / d.dates, 3) as middle_withdrawal_daily,
  d.withdrawals,
  round(cast(d.withdrawals as decimal(45,15)) / d.dates, 3) as middle_withdrawals_daily
from days d
left join payers p on p.type = d.type
