-- mart: gear.daily_payers
-- What each user paid on a date by type of payment. Daily marts count these rows instead of reading all payments of the day.
-- key: date, user_id, type
-- refresh by: date, user_id
-- count by: date, type (transactions, deposit, deposits, withdrawal, withdrawals)
-- count by: date, country_id (transactions, deposit, deposits, withdrawal, withdrawals)
-- count by: date, type, country_id

-- columns
date date
user_id int unsigned
type varchar(10)
country_id int unsigned
transactions bigint
deposit decimal(30,2)
deposits bigint
withdrawal decimal(30,2)
withdrawals bigint

-- affected by payments
select c.old_transaction_date as date, c.old_user_id as user_id from changes.payments c

-- affected by payments
select c.new_transaction_date as date, c.new_user_id as user_id from changes.payments c

-- affected by users
select p.transaction_date as date, p.user_id
from changes.users c straight_join bulk.payments p on p.user_id = c.user_id
where not (c.old_country <=> c.new_country)

-- rows
select
  p.date,
  p.user_id,
  p.type,
  l.country_id,
  p.transactions,
  p.deposit,
  p.deposits,
  p.withdrawal,
  p.withdrawals
from (
  select
    p.transaction_date as date,
    p.user_id,
    p.type,
    count(*) as transactions,
    sum(case when p.type = 'Deposit' then p.amount else 0 end) as deposit,
    sum(case when p.type = 'Deposit' then 1 else 0 end) as deposits,
    sum(case when p.type = 'Withdrawal' then p.amount else 0 end) as withdrawal,
    sum(case when p.type = 'Withdrawal' then 1 else 0 end) as withdrawals
  from [[affected straight_join]] bulk.payments p [[on p.user_id = affected.user_id and p.transaction_date = affected.date]]
  group by p.transaction_date, p.user_id, p.type
) p
left join bulk.users u on u.user_id = p.user_id
join gear.country_ids l on l.country = coalesce(u.country, 'Unknown')
