-- mart: bus.daily_payments
-- Payments of each type on a date: who paid, from how many countries, and how much.
-- key: date, type
-- refresh by: date
-- index: type
-- after: gear.daily_payers

-- columns
date date
type varchar(10)
active_users bigint
active_countries bigint
transactions bigint
deposit decimal(30,2)
deposits bigint
withdrawal decimal(30,2)
withdrawals bigint

-- affected by payments
select distinct c.old_transaction_date as date from changes.payments c

-- affected by payments
select distinct c.new_transaction_date as date from changes.payments c

-- affected by users
select distinct p.transaction_date as date
from changes.users c straight_join bulk.payments p on p.user_id = c.user_id
where not (c.old_country <=> c.new_country)

-- rows
select
  p.date,
  p.type,
  p.n as active_users,
  (
    select count(*) from gear.daily_payers_by_date_and_type_and_country_id c
    where c.date = p.date and c.type = p.type
  ) as active_countries,
  p.transactions,
  p.deposit,
  p.deposits,
  p.withdrawal,
  p.withdrawals
from [[affected straight_join]] gear.daily_payers_by_date_and_type p [[on p.date = affected.date]]
