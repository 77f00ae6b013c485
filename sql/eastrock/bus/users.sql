-- view: bus.users
-- Every user with what they played and paid over their lifetime; 0 and no dates if they did neither.
select
  u.user_id,
  u.user_name as user,
  u.signup_date,
  u.country,
  coalesce(t.dates, 0) as dates,
  t.first_date,
  t.last_date,
  coalesce(t.active_games, 0) as active_games,
  coalesce(t.middle_games_daily, 0) as middle_games_daily,
  coalesce(t.active_game_types, 0) as active_game_types,
  coalesce(t.middle_game_types_daily, 0) as middle_game_types_daily,
  coalesce(t.transactions, 0) as transactions,
  coalesce(t.middle_transactions_daily, 0) as middle_transactions_daily,
  coalesce(t.deposit, 0) as deposit,
  coalesce(t.middle_deposit_daily, 0) as middle_deposit_daily,
  coalesce(t.deposits, 0) as deposits,
  coalesce(t.middle_deposits_daily, 0) as middle_deposits_daily,
  coalesce(t.withdrawal, 0) as withdrawal,
  coalesce(t.middle_withdrawal_daily, 0) as middle_withdrawal_daily,
  coalesce(t.withdrawals, 0) as withdrawals,
  coalesce(t.middle_withdrawals_daily, 0) as middle_withdrawals_daily,
  coalesce(t.duration, 0) as duration,
  coalesce(t.middle_duration_daily, 0) as middle_duration_daily,
  u.created_at,
  u.updated_at
from bulk.users u
left join bus.total_users t on t.user_id = u.user_id
